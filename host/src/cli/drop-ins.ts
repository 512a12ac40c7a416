/** Commands that can be called by Nix's own names (main.ts). */
export const dropInNames = ['nix', 'nix-hash', 'nix-instantiate', 'nix-store'];

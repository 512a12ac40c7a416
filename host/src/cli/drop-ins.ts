/** Commands that can be called by Nix's own names (main.ts). */
export const dropInNames = ['nix', 'nix-build', 'nix-hash', 'nix-instantiate', 'nix-shell', 'nix-store'];

/** Commands that can be called by Nix's own names. */
export const dropInNames = ['nix-instantiate'];

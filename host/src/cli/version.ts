/** The version of Nix whose language, output and messages are reproduced. */
export const nixVersion = '2.34.8';
export const vixenVersion = '0.1.0';

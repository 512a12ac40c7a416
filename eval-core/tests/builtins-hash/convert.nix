with builtins;
let
  hex = hashString "sha256" "abc";
  formats = [ "base16" "nix32" "base32" "base64" "sri" ];
  to = hash: map (toHashFormat: convertHash { inherit hash toHashFormat; hashAlgo = "sha256"; }) formats;
in
{
  fromHex = to hex;
  fromNix32 = to (convertHash { hash = hex; hashAlgo = "sha256"; toHashFormat = "nix32"; });
  fromBase64 = to (convertHash { hash = hex; hashAlgo = "sha256"; toHashFormat = "base64"; });
  fromSri = map (toHashFormat: convertHash { hash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="; inherit toHashFormat; }) formats;
  prefixed = convertHash { hash = "sha256:${hex}"; toHashFormat = "sri"; };
  others = map (a: convertHash { hash = hashString a "x"; hashAlgo = a; toHashFormat = "nix32"; }) [ "md5" "sha1" "sha512" ];
}

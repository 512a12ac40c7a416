# Regular expressions, as package sets use them: versions, names, lines of files.
let
  inherit (builtins) concatStringsSep filter foldl' genList head isString length match split stringLength;
  lines = genList (i: "package-${toString i}_${toString (i * 31)} = https://example.org/p-${toString i}.${toString (i / 7)}.tar.gz # note") 6000;
  parse = line: match "([a-z]+)-([0-9]+)_([0-9]+) = (https?://[^ ]+)( #.*)?" line;
  text = concatStringsSep "\n" lines;
  words = filter isString (split "[^[:alnum:]]+" text);
in
{
  parsed = foldl' (a: line: a + stringLength (head (parse line))) 0 lines;
  last = parse (builtins.elemAt lines 5999);
  words = length words;
  versions = length (filter (l: match ".*\\.(tar\\.(gz|xz)|zip)( .*)?" l != null) lines);
  trimmed = stringLength (concatStringsSep "" (filter isString (split "([0-9]+)" text)));
}

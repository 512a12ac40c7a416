# Strings: two ways to write them, interpolation, paths, and functions.
let
  user = { name = "Ada"; };

  # Indented strings lose the spaces that all their lines begin with. Escapes begin with two quotes:
  # ''${ for a dollar and brace, ''' for two quotes, ''\n for a line end.
  script = ''
    if true; then
      echo "Hello, ${user.name}"
      echo "''${HOME} is the shell's"
    fi
  '';
in
{
  inherit script;
  lines = builtins.filter builtins.isString (builtins.split "\n" script);

  # Only strings, paths and sets with outPath or __toString are interpolated; numbers need toString.
  number = "The answer is ${toString 42}";

  words = builtins.match "([a-z]+)-([0-9.]+)" "hello-2.12";
  replaced = builtins.replaceStrings [ "a" "b" ] [ "1" "2" ] "aabbcc";
  joined = builtins.concatStringsSep ", " [ "x" "y" "z" ];
  part = builtins.substring 0 4 "substring";

  json = builtins.toJSON { list = [ 1 2 { three = null; } ]; };
  parsed = builtins.fromJSON ''{ "a": [ 1, 2.5, "three" ] }'';

  # A path is no string. It is absolute, whatever folder it was written in.
  path = ./file.txt;
  name = baseNameOf ./folder/file.txt;
}

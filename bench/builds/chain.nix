# Builds that do next to nothing, one after another: each reads what the one before it has made. All of them see `closure` paths besides.
{
  salt,
  length ? 100,
  closure ? 0,
}:
let
  inputs = builtins.genList (n: builtins.toFile "input-${toString n}" (toString n)) closure;
  next =
    previous: n:
    derivation {
      name = "link-${toString n}";
      system = builtins.currentSystem;
      builder = "/bin/sh";
      args = [
        "-c"
        "read line < $previous; echo $line > $out"
      ];
      inherit previous inputs salt;
    };
in
builtins.foldl' next (builtins.toFile "first" "text\n") (builtins.genList (n: n) length)

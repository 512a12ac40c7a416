# String context: a string knows which derivations it came from, though one cannot see it in its text.
#
# That is how Nix finds out what a build needs.
let
  tool = derivation { name = "tool"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo > $out" ]; };

  path = "${tool}/bin/tool";
in
{
  inherit path;
  context = builtins.getContext path;

  # Functions on strings keep it.
  kept = builtins.hasContext (builtins.substring 0 5 path);

  # A context can be thrown away; then nothing ensures any more that the file is there.
  text = builtins.unsafeDiscardStringContext path;
  gone = builtins.hasContext (builtins.unsafeDiscardStringContext path);

  # A file that is interpolated is copied to the store: its path depends on what is in it.
  source = "${./default.nix}";
  written = builtins.toFile "note.txt" "Written while evaluating.";
}

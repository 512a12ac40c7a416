# Several files: `import` evaluates a file once, and gives its value. See the other tabs.
let
  shapes = import ./shapes.nix;

  # A file that is a function: it is called with what it needs.
  report = import ./report.nix { inherit shapes; unit = "cm"; };

  # A folder stands for the default.nix in it.
  numbers = import ./numbers;
in
{
  inherit report;
  pi = numbers.pi;

  # Files can also be read as they are.
  notes = builtins.readFile ./notes.txt;
  settings = builtins.fromTOML (builtins.readFile ./settings.toml);
  files = builtins.attrNames (builtins.readDir ./.);
}

# A derivation says how something is built: a program, its arguments, its environment. Nix computes from it where the result will be.
#
# Nothing is built in this page. The paths are those that Nix on your computer computes, for they depend on nothing but what stands here: change a
# letter of the script, and all paths that depend on it change. The views beside show the derivation and what it is made of.
let
  build = { name, script, inputs ? [ ] }: derivation {
    inherit name inputs;
    system = "x86_64-linux";
    builder = "/bin/sh";
    args = [ "-c" script ];
  };

  greeting = build {
    name = "greeting";
    script = "echo Hello > $out";
  };

  shout = build {
    name = "shout";
    # Mentioning a derivation in a string makes it an input.
    script = "tr a-z A-Z < ${greeting} > $out";
  };
in
build {
  name = "both";
  script = "cat ${greeting} ${shout} > $out";
}

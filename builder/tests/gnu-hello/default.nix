# GNU hello from Debian's source package, by a compiler from Debian's packages. `debs` and `source` are folders with what apt has downloaded, `busybox`
# one with a static busybox. Nothing of the machine is used: the packages' programs are told where their loader and libraries are.
{
  debs,
  source,
  busybox,
  system ? "x86_64-linux",
}:
let
  run =
    name: attrs: script:
    derivation (
      {
        inherit name system;
        builder = "${busybox}/busybox";
        args = [
          "sh"
          script
        ];
        inherit busybox;
      }
      // attrs
    );

  toolchain = run "debian-toolchain" { inherit debs; } ./toolchain.sh;
in
rec {
  inherit toolchain;
  hello = run "hello-2.10" { inherit toolchain source; } ./hello.sh;
  # A package that uses the other.
  greeting = run "greeting" { inherit hello; } ./greeting.sh;
}

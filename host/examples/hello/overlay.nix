# What an overlay can do: replace a package, make a variant of one, and add new ones.
final: prev: {
  # `final` is the finished set, so `hello` comes to use this ncurses, although it was written first.
  ncurses = prev.ncurses.override { unicode = true; };

  hello-static = prev.hello.override { static = true; };

  greeting = final.callPackage (
    { stdenv, hello, lib }:
    let text = "Hello from ${hello.pname} ${hello.version}, one of ${toString (builtins.length (builtins.attrNames (lib.filterAttrs (_: lib.isDerivation) prev)))} packages"; in
    stdenv.mkDerivation {
      pname = "greeting";
      inherit (hello) version;
      src = builtins.toFile "greeting.txt" text;
      unpackPhase = null;
      configurePhase = null;
      buildPhase = null;
      installPhase = "cp $src $out; ${hello}/bin/hello >> $out";
      passthru = { inherit text; };
      meta.license = "MIT";
    }
  ) { };
}

{ stdenv, fetchurl, lib, unicode ? false }:
let
  flags = [ "--with-shared" ] ++ lib.optional unicode "--enable-widec";
in
stdenv.mkDerivation rec {
  pname = "ncurses";
  version = "6.5";
  src = fetchurl {
    url = "https://invisible-island.net/archives/ncurses/ncurses-${version}.tar.gz";
    # A stand-in, as nothing is downloaded here.
    hash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
  };
  configurePhase = "./configure --prefix=$out ${toString flags}";
  meta.license = "MIT";
}

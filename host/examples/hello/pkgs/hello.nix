{ stdenv, fetchurl, lib, zlib, readline, static ? false }:
stdenv.mkDerivation rec {
  pname = "hello";
  version = "2.12.1";
  src = fetchurl {
    url = "mirror://gnu/hello/hello-${version}.tar.gz";
    hash = "sha256-jZkUKv2SV28wsM18tCqNxoCZmLxdYH2Idh9RLibH2yA=";
  };
  # readline brings ncurses along.
  buildInputs = [ zlib.dev readline ] ++ lib.optional static zlib.static;
  env = if static then { LDFLAGS = "-static"; } else { };
  meta = {
    description = "A program that prints a friendly greeting";
    license = "GPL-3.0-or-later";
  };
}

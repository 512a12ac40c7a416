{ stdenv, fetchurl, level ? 6 }:
stdenv.mkDerivation rec {
  pname = "zlib";
  version = "1.3.1";
  src = fetchurl {
    url = "https://zlib.net/fossils/zlib-${version}.tar.gz";
    hash = "sha256-mpOyt9/ax3zrpaVYpYDnRmfdb+3kWFuR7vtg8Dty3yM=";
  };
  outputs = [ "out" "dev" "static" ];
  env.DEFAULT_LEVEL = level;
  meta.license = "Zlib";
}

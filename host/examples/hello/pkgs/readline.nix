{ stdenv, fetchurl, ncurses }:
stdenv.mkDerivation rec {
  pname = "readline";
  version = "8.2";
  src = fetchurl {
    url = "mirror://gnu/readline/readline-${version}.tar.gz";
    hash = "sha256-P+txcfFqhO6CyhijbXub4QmlLAT0kqBTMx19EJUAfDU=";
  };
  propagatedBuildInputs = [ ncurses ];
  meta.license = "GPL-3.0-or-later";
}

let
  fixed = attrs: let d = derivation ({ name = "fixed"; system = "s"; builder = "b"; } // attrs); in [ d.drvPath d.outPath ];
  sha256 = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
in
{
  flat = fixed { outputHashAlgo = "sha256"; outputHash = sha256; };
  flatNamed = fixed { outputHashMode = "flat"; outputHashAlgo = "sha256"; outputHash = sha256; };
  recursive = fixed { outputHashMode = "recursive"; outputHashAlgo = "sha256"; outputHash = sha256; };
  nar = fixed { outputHashMode = "nar"; outputHashAlgo = "sha256"; outputHash = sha256; };
  hex = fixed { outputHashAlgo = "sha256"; outputHash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; };
  base32 = fixed { outputHashAlgo = "sha256"; outputHash = "1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s"; };
  sri = fixed { outputHash = "sha256-${sha256}"; };
  sriEmptyAlgo = fixed { outputHash = "sha256-${sha256}"; outputHashAlgo = ""; };
  md5 = fixed { outputHashAlgo = "md5"; outputHash = "900150983cd24fb0d6963f7d28e17f72"; };
  sha1 = fixed { outputHashAlgo = "sha1"; outputHash = "a9993e364706816aba3e25717850c26c9cd0d89d"; outputHashMode = "recursive"; };
  sha512 = fixed { outputHash = "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw=="; };
  user = (derivation { name = "user"; system = "s"; builder = "b"; src = derivation { name = "fixed"; system = "s"; builder = "b"; outputHash = "sha256-${sha256}"; }; }).outPath;
  otherBuilderSamePath = (derivation { name = "user"; system = "s"; builder = "b"; src = derivation { name = "fixed"; system = "other"; builder = "c"; outputHash = "sha256-${sha256}"; }; }).outPath;
}

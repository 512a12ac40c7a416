# A function among the packages: a fixed-output derivation, whose path follows from the hash alone.
{ system }:
{ url, hash, name ? baseNameOf url }:
derivation {
  inherit name system url;
  builder = "builtin:fetchurl";
  outputHash = hash;
  outputHashMode = "flat";
  outputHashAlgo = null;
  preferLocalBuild = true;
}

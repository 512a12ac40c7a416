[ (builtins.getEnv "TEST_VAR") (builtins.getEnv "VIXEN_SURELY_UNSET") (builtins.getEnv "HOME") (builtins.hasContext (builtins.getEnv "TEST_VAR")) ]

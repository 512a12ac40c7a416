// The user's folders.
import os from 'node:os';

type Environment = Record<string, string | undefined>;

/** The home folder, `/homeless-shelter` style fallbacks left to the system. */
export const homeFolder = (env: Environment) => env.HOME ?? os.homedir();

/** XDG base directory specification, "Environment variables". */
export const xdgFolder = (env: Environment, variable: string, fallback: string) => env[variable] || `${homeFolder(env)}/${fallback}`;

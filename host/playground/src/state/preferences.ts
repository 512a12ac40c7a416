// What the reader has set, kept in localStorage; a browser that does not keep it is no error.
import type { Limits } from '../protocol.ts';

export interface Preferences {
  theme: 'system' | 'light' | 'dark';
  /** Evaluate while the text is being written. */
  live: boolean;
  limits: Limits;
  panel: string;
}

export const defaults: Preferences = { theme: 'system', live: true, limits: { time: 20, memory: 1024 }, panel: '' };

/** What limits may be set to: seconds, mebibytes. */
export const limitRanges = { time: { min: 1, max: 3600 }, memory: { min: 16, max: 4096 } } as const;

// What came with a link from somebody else may take so much, whatever its reader allows himself.
const guestLimits: Limits = { time: 10, memory: 512 };

export function limitsFor(own: Limits, isGuest: boolean): Limits {
  if (!isGuest) return own;
  return { time: Math.min(own.time, guestLimits.time), memory: Math.min(own.memory, guestLimits.memory) };
}

const key = 'vixen-playground-preferences';

const within = (value: unknown, { min, max }: { min: number; max: number }, otherwise: number) =>
  typeof value === 'number' && value >= min && value <= max ? Math.round(value) : otherwise;

/** Whatever was stored, made valid. */
export function readPreferences(text: string | null): Preferences {
  const { theme, live, panel, limits: storedLimits } = parsed(text);
  const limits = (storedLimits ?? {}) as Partial<Limits>;
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    live: live !== false,
    limits: {
      time: within(limits.time, limitRanges.time, defaults.limits.time),
      memory: within(limits.memory, limitRanges.memory, defaults.limits.memory),
    },
    panel: typeof panel === 'string' ? panel : '',
  };
}

/** What is stored, as far as it is an object. */
function parsed(text: string | null): Partial<Record<keyof Preferences, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

export function loadPreferences(): Preferences {
  try {
    return readPreferences(localStorage.getItem(key));
  } catch {
    return readPreferences(null);
  }
}

export function savePreferences(preferences: Preferences) {
  try {
    localStorage.setItem(key, JSON.stringify(preferences));
  } catch {
    // Storage is full or forbidden: the settings hold for this visit.
  }
}

// What can be done on the step that is shown: one main action, and a few others with their keys.
import { onDestroy } from 'svelte';
import type { IconName } from '../parts/Icon.svelte';

/** Something to do, with the key that does it. */
export interface Action {
  word: string;
  run: () => void;
  icon?: IconName;
  /** A key of the top row or Escape; the main action has Enter. */
  key?: string;
  /** Work is going on; pressing does nothing. */
  busy?: boolean;
}

interface Actions {
  main: Action | undefined;
  list: Action[];
}

const NOTHING = (): Actions => ({ main: undefined, list: [] });

let offered = $state.raw<() => Actions>(NOTHING);
// The same, untracked: a step that goes away is told the old value of a state, and would clear what the next one gave.
let newest = NOTHING;

/** What the bar below every step shows. */
export const actions = {
  get main(): Action | undefined {
    return offered().main;
  },
  get list(): Action[] {
    return offered().list;
  },
};

/** Called once by the step that is shown; what it gives is asked for again whenever it changes. */
export function offer(given: () => Actions): void {
  newest = given;
  offered = given;
  onDestroy(() => {
    if (newest === given) offered = newest = NOTHING;
  });
}

// How the screen is shown on this computer: contrast, text size, language. A preference, never data of a person.
import { language, speak, type Language } from './text/text.svelte';

export type Theme = 'light' | 'contrast';
export type TextSize = 'usual' | 'large';

const KEPT_AS = 'rekam.screen';

let theme = $state<Theme>('light');
let size = $state<TextSize>('usual');

function show(): void {
  document.documentElement.dataset['theme'] = theme;
  document.documentElement.dataset['text'] = size;
}

function keep(): void {
  localStorage.setItem(KEPT_AS, JSON.stringify({ theme, size, language: language() }));
}

/** The preferences and how they are changed. */
export const screen = {
  get theme() {
    return theme;
  },
  get size() {
    return size;
  },
  setTheme(next: Theme) {
    theme = next;
    show();
    keep();
  },
  setSize(next: TextSize) {
    size = next;
    show();
    keep();
  },
  setLanguage(next: Language) {
    speak(next);
    keep();
  },
  /** Takes up what was chosen last time on this computer; anything unknown is left at the usual. */
  restore() {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(KEPT_AS) ?? '{}');
      if (typeof kept === 'object' && kept !== null) {
        if ('theme' in kept && kept.theme === 'contrast') theme = 'contrast';
        if ('size' in kept && kept.size === 'large') size = 'large';
        if ('language' in kept && kept.language === 'en') speak('en');
      }
    } catch {
      // A preference that cannot be read is no reason to stop anybody's work.
    }
    show();
  },
};

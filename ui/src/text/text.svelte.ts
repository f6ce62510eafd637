// Every sentence on the screen comes from the one file per language, which the Rust side reads too.
import english from '../../../src-tauri/crates/domain/text/en.json';
import indonesian from '../../../src-tauri/crates/domain/text/id.json';

/** A key of the text files; one that is missing does not compile. */
export type TextKey = keyof typeof indonesian & keyof typeof english;
/** The languages of the product. */
export type Language = 'id' | 'en';
type Values = Partial<Record<string, string | number>>;

// Neither file may have a key the other lacks.
english satisfies Record<keyof typeof indonesian, string>;
indonesian satisfies Record<keyof typeof english, string>;

const files: Record<Language, Partial<Record<string, string>>> = { id: indonesian, en: english };

let chosen = $state<Language>('id');

/** The language of the screen. */
export function language(): Language {
  return chosen;
}

/** Changes the language of the screen and of the page, so that a screen reader speaks it. */
export function speak(next: Language): void {
  chosen = next;
  document.documentElement.lang = next;
}

/** The text of a key the screen knows. */
export function t(key: TextKey, values: Values = {}): string {
  return said(key, values);
}

/** The text of a key that arrives with the data; one that is unknown shows itself. */
export function said(key: string, values: Values = {}): string {
  const pattern = files[chosen][key];
  if (pattern === undefined) return `[${key}]`;
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? `[${name}]`));
}

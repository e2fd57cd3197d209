/** What a person has to do after an import, by what it is about. */
export interface Task {
  readonly section: string
  /** One line of Markdown, or a first line and what stands indented below it. */
  readonly text: string
}

/** Collects tasks while something is translated; sections come in the order in which they are named here. */
export class Checklist {
  readonly #sections: Map<string, string[]>

  constructor(sections: readonly string[]) {
    this.#sections = new Map(sections.map((section) => [section, []]))
  }

  add(section: string, text: string): void {
    const known = this.#sections.get(section)
    if (!known) this.#sections.set(section, [text])
    else if (!known.includes(text)) known.push(text)
  }

  get tasks(): readonly Task[] {
    return [...this.#sections].flatMap(([section, texts]) => texts.map((text) => ({ section, text })))
  }

  /** Sections that have something, with how much. */
  get counts(): readonly { readonly section: string; readonly count: number }[] {
    return [...this.#sections].flatMap(([section, { length: count }]) => (count === 0 ? [] : [{ section, count }]))
  }

  /** A file to tick things off in. */
  markdown(title: string, introduction: string): string {
    const parts = [...this.#sections].flatMap(([section, texts]) =>
      texts.length === 0 ? [] : [`## ${section}\n\n${texts.map(item).join('\n')}`],
    )
    return `${[`# ${title}`, introduction, ...parts].join('\n\n')}\n`
  }
}

/** What is no first line belongs to the item: it stands below its text. */
const item = (text: string) => `- [ ] ${text.replaceAll(/\n(?!\n|$)/g, '\n  ')}`

export interface TextPart {
  readonly text: string
  readonly isCode: boolean
}

/** A sentence of ours, whose names stand between backticks. Nothing else of it is Markdown: `__a__` is a name as well. */
export function codeParts(sentence: string): TextPart[] {
  return sentence
    .split(/`([^`\n]+)`/)
    .map((text, i) => ({ text, isCode: i % 2 === 1 }))
    .filter(({ text }) => text !== '')
}

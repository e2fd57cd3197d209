import { Code } from '@mantine/core'
import { Fragment } from 'react'
import { codeParts } from './code-parts.js'

/** A sentence with what stands between backticks as code. */
export function CodeWords({ text }: { text: string }) {
  return codeParts(text).map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text has no other names for its parts
    <Fragment key={i}>{part.isCode ? <Code fz="inherit">{part.text}</Code> : part.text}</Fragment>
  ))
}

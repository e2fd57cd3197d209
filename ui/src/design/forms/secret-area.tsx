import { Textarea, type TextareaProps } from '@mantine/core'
import form from './schema-form.module.css'

/** A field for a secret of one line or more: what is typed or pasted is not shown, and a key keeps its line ends. */
export const SecretArea = (props: Omit<TextareaProps, 'className' | 'autosize' | 'minRows' | 'maxRows'>) => (
  <Textarea
    className={form.hiddenText}
    autosize
    minRows={1}
    maxRows={8}
    autoComplete="off"
    spellCheck={false}
    {...props}
  />
)

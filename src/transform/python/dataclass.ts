import { type Printable, repr } from '../../jinja/index.js'

/** A Python dataclass, for how it prints: `Name(a=1, b=None)`. dbt's checksums are made of such texts. */
export const dataclass = (name: string, fields: Readonly<Record<string, unknown>>): Printable => ({
  pythonRepr: () =>
    `${name}(${Object.entries(fields)
      .map(([key, value]) => `${key}=${repr(value)}`)
      .join(', ')})`,
})

/** A member of a Python enum of texts: `<ConstraintType.not_null: 'not_null'>`. */
export const enumMember = (type: string, value: string, member: string = value): Printable => ({
  pythonRepr: () => `<${type}.${member}: ${repr(value)}>`,
})

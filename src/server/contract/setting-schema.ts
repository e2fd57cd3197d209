/** What a JSON Schema says of a setting, as far as forms, questions and flags need it. */
export interface SettingSchema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, SettingSchema>>
  readonly additionalProperties?: unknown
  readonly items?: SettingSchema
  readonly oneOf?: readonly SettingSchema[]
  readonly anyOf?: readonly SettingSchema[]
  readonly order?: number
  readonly multiline?: boolean
  /** It stands open in a form, though it may be left out. */
  readonly always_show?: boolean
  readonly airbyte_secret?: boolean
}

export type Settings = Readonly<Record<string, unknown>>

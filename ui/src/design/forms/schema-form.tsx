import {
  Button,
  Fieldset,
  Input,
  JsonInput,
  NumberInput,
  PasswordInput,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { createContext, Fragment, type ReactNode, use, useState } from 'react'
import classes from './schema-form.module.css'
import {
  branchesOf,
  chosenBranch,
  type Field,
  fieldsOf,
  isObject,
  plainText,
  type SettingSchema,
  type Settings,
  settingsIn,
  typesOf,
  withBranch,
  withSetting,
} from './setting-schema.js'

interface FormProps {
  readonly schema: SettingSchema
  readonly value: Settings
  readonly onChange: (value: Settings) => void
  /** Places of settings that are needed and empty, once somebody tried to go on. */
  readonly missing: readonly string[]
  readonly path?: string
  /** All of it may be left out: nothing is needed before something is filled in. */
  readonly isOptional?: boolean
  /** What becomes of secrets that are typed. */
  readonly secretNote?: string | undefined
}

const usualNote = 'Kept encrypted, and in no file. Or name one that is there: ${NAME}'
const SecretNote = createContext(usualNote)

/**
 * A form of what a JSON Schema asks for. What is needed and what is secret stands open, the rest behind a button: most
 * people leave it as it is.
 */
export function SchemaForm({ secretNote, ...form }: FormProps) {
  return secretNote === undefined ? (
    <Fields {...form} />
  ) : (
    <SecretNote value={secretNote}>
      <Fields {...form} />
    </SecretNote>
  )
}

function Fields({ schema, value, onChange, missing, path = '', isOptional = false }: Omit<FormProps, 'secretNote'>) {
  const fields = fieldsOf(schema, value)
  const isShown = ({ isRequired, schema: { airbyte_secret: isSecret, always_show: isAlwaysShown } }: Field) =>
    isRequired || isSecret === true || isAlwaysShown === true
  const isFirst = (field: Field) => isShown(field) || value[field.name] !== undefined
  const [more, setMore] = useState(() => !fields.some(isFirst))
  const [opened] = useState(() => new Set(fields.filter(isFirst).map((field) => field.name)))
  const isOpen = (field: Field) => more || isShown(field) || opened.has(field.name)
  const hidden = fields.filter((field) => !isOpen(field)).length
  const branches = branchesOf(schema)
  return (
    <Stack gap="sm">
      {branches.length > 1 && (
        <BranchChoice
          branches={branches}
          chosen={chosenBranch(schema, value)}
          onChoose={(index) => onChange(withBranch(schema, value, index))}
        />
      )}
      {fields.filter(isOpen).map((field) => (
        <SettingField
          key={field.name}
          field={isOptional ? { ...field, isRequired: false } : field}
          value={value[field.name]}
          path={path === '' ? field.name : `${path}.${field.name}`}
          missing={missing}
          // One that is emptied stays the one that is chosen.
          onChange={(next) => onChange(withSetting(value, field.name, next ?? (field.isAlternative ? '' : undefined)))}
        />
      ))}
      {hidden > 0 && (
        <Button variant="subtle" size="compact-sm" className={classes.more} onClick={() => setMore(true)}>
          {hidden === 1 ? 'One more setting' : `${hidden} more settings`}
        </Button>
      )}
    </Stack>
  )
}

function BranchChoice({
  branches,
  chosen,
  onChoose,
}: {
  branches: readonly SettingSchema[]
  chosen: number
  onChoose: (index: number) => void
}) {
  const data = branches.map((branch, i) => ({ value: String(i), label: branch.title ?? `Variant ${i + 1}` }))
  const pick = (index: string | null) => index !== null && onChoose(Number(index))
  return branches.length <= 3 ? (
    <SegmentedControl
      size="xs"
      className={classes.branches}
      aria-label="Variant"
      data={data}
      value={String(chosen)}
      onChange={pick}
    />
  ) : (
    <Select size="sm" aria-label="Variant" allowDeselect={false} data={data} value={String(chosen)} onChange={pick} />
  )
}

interface FieldProps {
  readonly field: Field
  readonly value: unknown
  readonly path: string
  readonly missing: readonly string[]
  readonly onChange: (value: unknown) => void
}

function SettingField({ field, value, path, missing, onChange }: FieldProps) {
  const { name, schema, isRequired } = field
  const label = schema.title ?? name
  const description = schema.description && withCode(plainText(schema.description))
  if (isObject(schema) && (schema.properties || branchesOf(schema).length > 0))
    return (
      <Fieldset legend={label} className={classes.group}>
        {description && <Input.Description mb="xs">{description}</Input.Description>}
        <SchemaForm
          schema={schema}
          value={settingsIn(value)}
          onChange={onChange}
          missing={missing}
          path={path}
          isOptional={!isRequired && Object.keys(settingsIn(value)).length === 0}
        />
      </Fieldset>
    )
  const { items } = schema
  if (items && isObject(items))
    return <ListField label={label} items={items} value={value} path={path} missing={missing} onChange={onChange} />
  const common = {
    label,
    description,
    withAsterisk: isRequired,
    error: missing.includes(path) ? 'Needed' : undefined,
    size: 'sm',
  } as const
  return <PlainField schema={schema} value={value} common={common} onChange={onChange} />
}

function PlainField({
  schema,
  value,
  common,
  onChange,
}: {
  schema: SettingSchema
  value: unknown
  common: {
    label: string
    description?: ReactNode
    withAsterisk: boolean
    error?: string | undefined
    size: 'sm'
  }
  onChange: (value: unknown) => void
}) {
  const secretNote = use(SecretNote)
  const [example] = schema.examples ?? []
  const placeholder =
    schema.default !== undefined
      ? [schema.default].flat().join(', ')
      : example === undefined || typeof example === 'object'
        ? undefined
        : `for example ${example}`
  const types = typesOf(schema)
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
  const change = (next: string) => onChange(next === '' ? undefined : next)
  // A variable may stand for whatever is asked for; it is seen, and changed, as what it is.
  const isVariable = typeof value === 'string' && value.includes('${') && !schema.airbyte_secret
  if (isVariable && !types.includes('object') && !schema.multiline)
    return (
      <TextInput
        {...common}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
      />
    )
  if (schema.enum)
    return (
      <Select
        {...common}
        clearable={!common.withAsterisk}
        placeholder={placeholder}
        data={schema.enum.map(String)}
        value={value === undefined ? null : String(value)}
        onChange={(next) => onChange(schema.enum?.find((one) => String(one) === next))}
      />
    )
  if (types.includes('boolean'))
    return (
      <Switch
        label={common.label}
        description={common.description}
        checked={value === undefined ? schema.default === true : value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    )
  if (types.includes('array'))
    return (
      <TagsInput
        {...common}
        placeholder={Array.isArray(value) && value.length > 0 ? undefined : placeholder}
        value={Array.isArray(value) ? value.map(String) : []}
        onChange={(next) => onChange(next.length === 0 ? undefined : next)}
      />
    )
  if (types.includes('object'))
    return (
      <JsonInput
        {...common}
        autosize
        minRows={2}
        formatOnBlur
        defaultValue={value === undefined ? '' : JSON.stringify(value, null, 2)}
        onChange={(next) => onChange(asJson(next))}
      />
    )
  if (!types.includes('string') && (types.includes('integer') || types.includes('number')))
    return (
      <NumberInput
        {...common}
        placeholder={placeholder}
        allowDecimal={types.includes('number')}
        value={typeof value === 'number' ? value : ''}
        onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
      />
    )
  if (schema.airbyte_secret && !schema.multiline)
    return (
      <PasswordInput
        {...common}
        description={
          <>
            {common.description} {heldNote(text) ?? secretNote}
          </>
        }
        autoComplete="new-password"
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
      />
    )
  if (schema.multiline)
    return (
      <Textarea
        {...common}
        autosize
        minRows={3}
        className={schema.airbyte_secret ? classes.hiddenText : undefined}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
      />
    )
  return (
    <TextInput
      {...common}
      placeholder={placeholder}
      autoComplete="off"
      spellCheck={false}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
    />
  )
}

/** What is there already, of a secret that is not shown. */
function heldNote(text: string): ReactNode {
  if (/^\*+$/.test(text)) return 'It stays as it is, as long as nothing else is typed.'
  if (!/^\$\{\w+\}$/.test(text)) return undefined
  return (
    <>
      Now <code>{text}</code>. What is typed instead is kept encrypted, and in no file.
    </>
  )
}

/** Mappings, each a small form of its own. There is always one to fill in. */
function ListField({
  label,
  items,
  value,
  path,
  missing,
  onChange,
}: {
  label: string
  items: SettingSchema
  value: unknown
  path: string
  missing: readonly string[]
  onChange: (value: unknown) => void
}) {
  const list: readonly Settings[] = Array.isArray(value) && value.length > 0 ? value.map(settingsIn) : [{}]
  return (
    <Stack gap="sm">
      {list.map((item, i) => (
        <Fieldset
          // biome-ignore lint/suspicious/noArrayIndexKey: an entry has no other identity than its place
          key={i}
          legend={`${label}, number ${i + 1}`}
          className={classes.group}
        >
          <SchemaForm
            schema={items}
            value={item}
            path={`${path}.${i}`}
            missing={missing}
            onChange={(next) => onChange(list.map((one, j) => (j === i ? next : one)))}
          />
          {list.length > 1 && (
            <Button
              variant="subtle"
              color="gray"
              size="compact-sm"
              mt="xs"
              leftSection={<IconTrash size={14} aria-hidden />}
              onClick={() => onChange(list.filter((_, j) => j !== i))}
            >
              Remove number {i + 1}
            </Button>
          )}
        </Fieldset>
      ))}
      <Button
        variant="default"
        size="compact-sm"
        className={classes.more}
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => onChange([...list, {}])}
      >
        One more
      </Button>
    </Stack>
  )
}

/** Descriptions put names between backticks. */
const withCode = (text: string): ReactNode =>
  text.split('`').map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change places
    <Fragment key={i}>{i % 2 === 1 ? <code>{part}</code> : part}</Fragment>
  ))

/** What is half written is no value yet. */
function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

import { NumberInput, Select, SimpleGrid, TextInput } from '@mantine/core'
import type { ChangeEvent } from 'react'
import type { ManifestChoicesView } from '../../../../src/server/contract/index.js'

export const usualChoices: ManifestChoicesView = {
  url: '',
  stream: '',
  path: '/',
  recordPath: [],
  authentication: 'none',
  pagination: 'none',
}

const authentications: Readonly<Record<ManifestChoicesView['authentication'], string>> = {
  none: 'None',
  bearer: 'Bearer token',
  api_key_header: 'Key in a header',
  api_key_parameter: 'Key in a parameter',
  basic: 'User and password',
}
const paginations: Readonly<Record<ManifestChoicesView['pagination'], string>> = {
  none: 'One answer has all',
  page: 'Page numbers',
  offset: 'Offset',
  cursor: 'A cursor in the answer',
  link: 'The Link header',
}

const dataOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label }))
/** `data.items` */
const partsOf = (text: string) =>
  text
    .split('.')
    .map((part) => part.trim())
    .filter(Boolean)

/** What a manifest is begun with: an API, and its first stream. */
export function StarterFields({
  value,
  onChange,
}: {
  value: ManifestChoicesView
  onChange: (value: ManifestChoicesView) => void
}) {
  const set = (part: Partial<ManifestChoicesView>) => onChange({ ...value, ...part })
  /** Empty: it is left out. */
  const optional = (key: 'primaryKey' | 'cursorField' | 'sinceParameter') => ({
    value: value[key] ?? '',
    onChange: (event: ChangeEvent<HTMLInputElement>) => set({ [key]: event.currentTarget.value.trim() || undefined }),
  })
  const common = { size: 'sm', spellCheck: false, autoComplete: 'off' } as const
  const hasKey = value.authentication === 'api_key_header' || value.authentication === 'api_key_parameter'
  const { pagination } = value
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
      <TextInput
        {...common}
        label="Address of the API"
        placeholder="https://api.example.com/v1"
        withAsterisk
        value={value.url}
        onChange={(event) => set({ url: event.currentTarget.value.trim() })}
      />
      <TextInput
        {...common}
        label="Path of the stream"
        placeholder="/orders"
        value={value.path}
        onChange={(event) => set({ path: event.currentTarget.value.trim() })}
      />
      <TextInput
        {...common}
        label="Name of the stream"
        placeholder="orders"
        withAsterisk
        value={value.stream}
        onChange={(event) => set({ stream: event.currentTarget.value.trim() })}
      />
      <TextInput {...common} label="Primary key" placeholder="id" {...optional('primaryKey')} />
      <TextInput
        {...common}
        label="Field that says when a record changed"
        description="Only what is new is read by it. Empty: everything each time."
        placeholder="updated_at"
        {...optional('cursorField')}
      />
      {value.cursorField && (
        <TextInput
          {...common}
          label="Parameter that says since when"
          description="Empty: the API has none."
          placeholder="since"
          {...optional('sinceParameter')}
        />
      )}
      <TextInput
        {...common}
        label="Where the records are"
        description="In an answer, with dots: data.items. Empty: the answer is the list."
        defaultValue={value.recordPath.join('.')}
        onChange={(event) => set({ recordPath: partsOf(event.currentTarget.value) })}
      />
      <Select
        {...common}
        label="Authentication"
        description="Its secret becomes a setting of the connector."
        allowDeselect={false}
        data={dataOf(authentications)}
        value={value.authentication}
        onChange={(next) => set({ authentication: next as ManifestChoicesView['authentication'] })}
      />
      {hasKey && (
        <TextInput
          {...common}
          label={value.authentication === 'api_key_header' ? 'Name of the header' : 'Name of the parameter'}
          placeholder={value.authentication === 'api_key_header' ? 'X-API-Key' : 'api_key'}
          value={value.keyName ?? ''}
          onChange={(event) => set({ keyName: event.currentTarget.value.trim() || undefined })}
        />
      )}
      <Select
        {...common}
        label="Pagination"
        allowDeselect={false}
        data={dataOf(paginations)}
        value={pagination}
        onChange={(next) => set({ pagination: next as ManifestChoicesView['pagination'] })}
      />
      {pagination !== 'none' && pagination !== 'link' && (
        <TextInput
          {...common}
          label="Parameter that says which page"
          placeholder={pagination}
          value={value.pageParameter ?? ''}
          onChange={(event) => set({ pageParameter: event.currentTarget.value.trim() || undefined })}
        />
      )}
      {pagination === 'cursor' && (
        <TextInput
          {...common}
          label="Where the next cursor is"
          placeholder="meta.next"
          withAsterisk
          defaultValue={value.cursorPath?.join('.') ?? ''}
          onChange={(event) => set({ cursorPath: partsOf(event.currentTarget.value) })}
        />
      )}
      {pagination !== 'none' && (
        <TextInput
          {...common}
          label="Parameter for the size of a page"
          placeholder="limit"
          value={value.sizeParameter ?? ''}
          onChange={(event) => set({ sizeParameter: event.currentTarget.value.trim() || undefined })}
        />
      )}
      {(pagination === 'page' || pagination === 'offset' || (pagination !== 'none' && value.sizeParameter)) && (
        <NumberInput
          {...common}
          label="Records of a page"
          description={
            value.sizeParameter
              ? 'Not more than the API gives.'
              : 'As many as the API sends. Empty: until a page is empty.'
          }
          min={1}
          allowDecimal={false}
          value={value.pageSize ?? (value.sizeParameter ? 100 : '')}
          onChange={(next) => set({ pageSize: typeof next === 'number' ? next : undefined })}
        />
      )}
    </SimpleGrid>
  )
}

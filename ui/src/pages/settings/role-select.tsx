import { Select, type SelectProps } from '@mantine/core'
import type { Role } from '../../../../src/server/contract/index.js'

const roles: readonly { value: Role; label: string }[] = [
  { value: 'viewer', label: 'viewer: looks' },
  { value: 'editor', label: 'editor: runs things' },
  { value: 'admin', label: 'admin: everything' },
]

export function RoleSelect({
  value,
  onChange,
  ...rest
}: Omit<SelectProps, 'value' | 'onChange' | 'data'> & { value: Role; onChange: (role: Role) => void }) {
  return (
    <Select
      {...rest}
      data={[...roles]}
      value={value}
      allowDeselect={false}
      onChange={(role) => role && onChange(role as Role)}
    />
  )
}

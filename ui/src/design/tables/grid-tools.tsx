import { Button, Checkbox, Group, Popover, Stack } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconColumns, IconDownload } from '@tabler/icons-react'
import type { GridColumn } from './data-grid.js'
import { download } from './export.js'
import { gridCsv } from './grid-csv.js'

/** Which columns of a table this browser does not want to see. */
export function useHiddenColumns(table: string) {
  const [hidden, setHidden] = useLocalStorage<readonly string[]>({
    key: `millrace.columns.${table}`,
    defaultValue: [],
    getInitialValueInEffect: false,
  })
  return { hidden, setHidden }
}

interface GridToolsProps<Row> {
  readonly label: string
  readonly columns: readonly GridColumn<Row>[]
  readonly rows: readonly Row[]
  readonly hidden: readonly string[]
  readonly onHide: (hidden: readonly string[]) => void
}

/** Which columns a table shows, and what it shows as a file. */
export function GridTools<Row>({ label, columns, rows, hidden, onHide }: GridToolsProps<Row>) {
  const [first, ...others] = columns.filter(({ title }) => title !== '')
  return (
    <Group gap="xs" justify="flex-end" p={4} style={{ borderTop: '1px solid var(--line)' }}>
      <Popover position="top-end" withinPortal>
        <Popover.Target>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            leftSection={<IconColumns size={13} aria-hidden />}
            aria-label={`Columns of ${label}`}
          >
            Columns
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap={6}>
            {/* The first one names the row. */}
            {first && <Checkbox size="xs" label={first.title} checked disabled readOnly />}
            {others.map(({ key, title }) => (
              <Checkbox
                key={key}
                size="xs"
                label={title}
                checked={!hidden.includes(key)}
                onChange={({ currentTarget }) =>
                  onHide(currentTarget.checked ? hidden.filter((one) => one !== key) : [...hidden, key])
                }
              />
            ))}
          </Stack>
        </Popover.Dropdown>
      </Popover>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        leftSection={<IconDownload size={13} aria-hidden />}
        aria-label={`Download ${label} as CSV`}
        onClick={() =>
          download(`${label.toLowerCase().replaceAll(' ', '-')}.csv`, 'text/csv', gridCsv(columns, rows, hidden))
        }
      >
        CSV
      </Button>
    </Group>
  )
}

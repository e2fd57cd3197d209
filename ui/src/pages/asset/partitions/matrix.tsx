import { Button, Group, SegmentedControl, Select, Text } from '@mantine/core'
import { IconArrowsExchange } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { AssetDetail, PartitionMatrixView } from '../../../../../src/server/contract/index.js'
import { get, segment } from '../../../api/client.js'
import { Lines, Loaded } from '../../../design/states.js'
import { count, plural } from '../../../design/text/time.js'
import { type Area, areaText, type Cell, countIn, isOneCell, keyOf, letterAt, nextCell } from './area.js'
import type { Choice } from './choice.js'
import type { Zoom } from './draw-matrix.js'
import { Legend } from './legend.js'
import { MatrixGrid } from './matrix-grid.js'
import { NoPartition } from './no-partition.js'
import classes from './partitions.module.css'
import { letterWords } from './statuses.js'

const route = getRouteApi('/assets/$key')

interface View {
  readonly across?: string | undefined
  readonly down?: string | undefined
  readonly held: Readonly<Record<string, string>>
}

const lettersOf = { made: 'm', failed: 'f', running: 'r', missing: '.p' } as const

/** Partitions of several dimensions: two of them as a heat map, the others held at a key or taken together. */
export function Matrix({ asset, onChoose }: { asset: AssetDetail; onChoose: (choice: Choice | undefined) => void }) {
  const { across, down, hold = {} } = route.useSearch()
  const view: View = { across, down, held: hold }
  const navigate = useNavigate()
  const setView = ({ held, ...shown }: View) =>
    void navigate({
      to: '/assets/$key',
      params: { key: asset.key },
      search: (now) => ({ ...now, ...shown, hold: Object.keys(held).length > 0 ? { ...held } : undefined }),
      replace: true,
      resetScroll: false,
    })
  const query = useQuery({
    queryKey: ['partitions', asset.key, 'matrix', view],
    queryFn: () => get<PartitionMatrixView>(`/assets/${segment(asset.key)}/partition-matrix?${queryOf(view)}`),
    placeholderData: keepPreviousData,
  })
  return (
    <Loaded query={query} skeleton={<Lines number={8} />}>
      {(matrix) =>
        matrix.size === 0 ? (
          <NoPartition />
        ) : (
          <Shown asset={asset} matrix={matrix} view={view} onView={setView} onChoose={onChoose} />
        )
      }
    </Loaded>
  )
}

function queryOf({ across, down, held }: View): URLSearchParams {
  const params = new URLSearchParams()
  if (across !== undefined) params.set('across', across)
  if (down !== undefined) params.set('down', down)
  for (const [name, key] of Object.entries(held)) params.set(`hold.${name}`, key)
  return params
}

interface ShownProps {
  readonly asset: AssetDetail
  readonly matrix: PartitionMatrixView
  readonly view: View
  readonly onView: (view: View) => void
  readonly onChoose: (choice: Choice | undefined) => void
}

function Shown({ asset, matrix, view, onView, onChoose }: ShownProps) {
  const [zoom, setZoom] = useState<Zoom>('whole')
  const [cursor, setCursor] = useState<Cell>({ column: matrix.across.keys.length - 1, row: 0 })
  const [area, setArea] = useState<Area>()
  const [hovered, setHovered] = useState<Cell>()
  const shape = `${matrix.across.name}|${matrix.down.name}`
  // Another table has other places.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the dimensions change
  useEffect(() => {
    setArea(undefined)
    setCursor({ column: matrix.across.keys.length - 1, row: 0 })
  }, [shape])
  const text = area && areaText(matrix, area)
  const key = area && isOneCell(area) ? keyOf(matrix, area.from) : undefined
  useEffect(() => onChoose(text === undefined ? undefined : { text, key }), [text, key, onChoose])
  const looked = hovered ?? cursor
  return (
    <div>
      <Legend
        asset={asset}
        size={matrix.size}
        counts={matrix.counts}
        onNext={(status) => {
          const next = nextCell(matrix, cursor, lettersOf[status])
          if (!next) return
          setCursor(next)
          setArea({ from: next, to: next })
        }}
      />
      <Controls matrix={matrix} view={view} onView={onView} zoom={zoom} onZoom={setZoom} />
      <MatrixGrid
        label={`Partitions of ${asset.key}: ${matrix.across.name} across, ${matrix.down.name} down`}
        matrix={matrix}
        zoom={zoom}
        cursor={cursor}
        onCursor={setCursor}
        area={area}
        onArea={setArea}
        onHover={setHovered}
      />
      <div className={classes.ends}>
        <span aria-hidden>{cellWords(matrix, looked)}</span>
        <span role="status">{area && areaWords(matrix, area)}</span>
      </div>
      {leftOutWords(matrix)}
    </div>
  )
}

const cellWords = (matrix: PartitionMatrixView, cell: Cell) =>
  `${matrix.across.keys[cell.column]}, ${matrix.down.keys[cell.row]}: ${letterWords[letterAt(matrix, cell)]}`

function areaWords(matrix: PartitionMatrixView, area: Area): string {
  const counts = countIn(matrix, area)
  const cells = Object.values(counts).reduce((sum, one) => sum + one, 0)
  const parts = Object.entries(counts).map(([letter, number]) => `${count(number)} ${letterWords[letter]}`)
  return `${plural(cells, 'cell')} chosen: ${parts.join(', ')}`
}

function leftOutWords({ across, down }: PartitionMatrixView) {
  const parts = [
    ...(across.leftOut > 0 ? [`the ${count(across.leftOut)} first of ${across.name}`] : []),
    ...(down.leftOut > 0 ? [`the ${count(down.leftOut)} last of ${down.name}`] : []),
  ]
  if (parts.length === 0) return null
  return (
    <Text size="xs" c="dimmed">
      Not drawn: {parts.join(' and ')}. A backfill can name them.
    </Text>
  )
}

interface ControlsProps {
  readonly matrix: PartitionMatrixView
  readonly view: View
  readonly onView: (view: View) => void
  readonly zoom: Zoom
  readonly onZoom: (zoom: Zoom) => void
}

const all = '*'

function Controls({ matrix, view, onView, zoom, onZoom }: ControlsProps) {
  const { across, down, others, dimensions } = matrix
  const names = dimensions.map(({ name }) => name)
  /** Who takes the place of another gives it its own. */
  const put = (place: 'across' | 'down', name: string | null) => {
    if (name === null) return
    const other = place === 'across' ? down.name : across.name
    const own = place === 'across' ? across.name : down.name
    const [a, d] = place === 'across' ? [name, other] : [other, name]
    const next = name === other ? (place === 'across' ? [name, own] : [own, name]) : [a, d]
    onView({ across: next[0], down: next[1], held: view.held })
  }
  return (
    <Group gap="xs" mb="xs" align="flex-end">
      {dimensions.length > 2 ? (
        <>
          <Select
            size="xs"
            w={130}
            label="Across"
            allowDeselect={false}
            data={names}
            value={across.name}
            onChange={(name) => put('across', name)}
          />
          <Select
            size="xs"
            w={130}
            label="Down"
            allowDeselect={false}
            data={names}
            value={down.name}
            onChange={(name) => put('down', name)}
          />
          {others.map(({ name, keys, held }) => (
            <Select
              key={name}
              size="xs"
              w={150}
              label={name}
              searchable
              limit={200}
              allowDeselect={false}
              data={[{ value: all, label: `all ${count(keys.length)} together` }, ...keys]}
              value={held ?? all}
              onChange={(key) => {
                const { [name]: _, ...rest } = view.held
                onView({ ...view, held: key === null || key === all ? rest : { ...rest, [name]: key } })
              }}
            />
          ))}
        </>
      ) : (
        <Button
          variant="default"
          leftSection={<IconArrowsExchange size={14} aria-hidden />}
          onClick={() => onView({ across: down.name, down: across.name, held: {} })}
        >
          {across.name} across, {down.name} down
        </Button>
      )}
      <SegmentedControl
        size="xs"
        aria-label="Size"
        value={zoom}
        onChange={(value) => onZoom(value as Zoom)}
        data={[
          { value: 'whole', label: 'Whole' },
          { value: 'near', label: 'Near' },
        ]}
      />
      <Text size="xs" c="dimmed" className={classes.help}>
        Drag, or arrow keys with Shift, to choose. Space chooses a cell, Shift+Space a row, Ctrl+Space a column.
      </Text>
    </Group>
  )
}

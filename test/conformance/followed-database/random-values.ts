import { quoteLiteral } from '../../../src/sql/index.js'
import type { Dice } from '../../support/random-writes.js'
import type { Column } from './catalogue.js'

/** An expression of SQL whose value the column takes, as far as its type tells. */
export function randomValue(dice: Dice, column: Column): string {
  const { references, labels } = column
  if (column.isNullable && dice.below(8) === 0) return 'null'
  if (references !== null)
    return `(select ${references.column} from ${references.table} offset ${dice.below(400)} % greatest(1, (select count(*) from ${references.table})) limit 1)`
  if (labels.length > 0) return quoteLiteral(dice.one(labels))
  if (column.type.startsWith('_')) return randomArray(dice, column)
  const make = values[column.type]
  return make ? make(dice, column) : 'null'
}

function randomArray(dice: Dice, column: Column): string {
  const { type, declared } = column
  if (dice.below(6) === 0) return `'{}'::${declared}`
  const element = { ...column, type: type.slice(1), modifier: -1, isNullable: true }
  const items = Array.from({ length: 1 + dice.below(4) }, () => randomValue(dice, element))
  return `array[${items.join(', ')}]::${declared}`
}

type Maker = (dice: Dice, column: Column) => string

const whole =
  (most: string): Maker =>
  (dice, { isKey }) =>
    isKey ? String(dice.below(50_000)) : dice.one([String(dice.below(1000)), `-${dice.below(1000)}`, '0', most])

const words = [
  '',
  ' ',
  'x',
  'Ærøskøbing',
  '日本語',
  '🚂',
  "it's",
  'a,b',
  '"quoted"',
  'tab\there',
  'two\nlines',
  '\\N',
  'NULL',
  '\\',
]

const text: Maker = (dice, { modifier, isKey }) => {
  const long = `(select string_agg(md5(random()::text), '') from generate_series(1, ${1 + dice.below(dice.one([3, 3, 400]))}))`
  const value =
    isKey || dice.below(6) === 0 ? long : quoteLiteral(`${dice.one(words)}${dice.below(1000)}${dice.one(words)}`)
  return modifier > 4 ? `left(${value}, ${modifier - 4})` : value
}

/** Digits that have a place, sometimes fewer. */
const decimal: Maker = (dice, { modifier }) => {
  if (dice.below(60) === 0) return `'NaN'`
  if (modifier < 4)
    return dice.one([`${dice.below(1e6)}.${dice.below(1e6)}`, `${dice.below(1e6)}e12`, '0', `-0.000${dice.below(1e6)}`])
  const scale = (modifier - 4) & 0x7ff
  const digits = Math.min(((modifier - 4) >> 16) - scale, 9)
  return `round(${dice.one(['', '-'])}${dice.below(10 ** Math.max(digits, 0))}.${dice.below(1e6)} - 0.5, ${scale})`
}

const day = (dice: Dice) =>
  dice.one([
    `20${10 + dice.below(15)}-0${1 + dice.below(9)}-${10 + dice.below(19)}`,
    '1582-10-15',
    '0001-01-01',
    '2024-02-29',
  ])
const clock = (dice: Dice) =>
  dice.one([`${10 + dice.below(14)}:${10 + dice.below(50)}:00.${dice.below(1e6)}`, '00:00:00', '23:59:59.999999'])
const moment: Maker = (dice, { type }) =>
  dice.below(25) === 0
    ? quoteLiteral(dice.one(['infinity', '-infinity', '0044-03-15 12:00:00 BC', '10000-01-01 00:00:00']))
    : dice.below(3) === 0
      ? `now()::${type}`
      : quoteLiteral(`${day(dice)} ${clock(dice)}`)
const float: Maker = (dice) =>
  dice.one([`${dice.below(1e6)} / 7.0`, '0.1', `'-0'`, `'NaN'`, `'Infinity'`, `'1e-30'`, `-${dice.below(1e6)}e20`])
const json: Maker = (dice, { type }) =>
  `${quoteLiteral(
    dice.one([
      JSON.stringify({ n: dice.below(1000), text: dice.one(words), deep: { list: [1, null, dice.one(words)] } }),
      '[]',
      'null',
      '12345678901234567890.5',
      `"${dice.below(1000)}"`,
      `{"b": 1, "a": [${Array.from({ length: dice.below(2000) }, () => dice.below(1e6)).join(', ')}]}`,
    ]),
  )}::${type}`

const literal =
  (make: (dice: Dice) => string): Maker =>
  (dice, { declared, type }) =>
    `${quoteLiteral(make(dice))}::${type.startsWith('_') ? type.slice(1) : declared.replace(/\[\]$/, '')}`

const bits: Maker = (dice, { modifier }) =>
  `B'${Array.from({ length: modifier > 0 ? modifier : 1 + dice.below(9) }, () => dice.below(2)).join('')}'`
const bounds = (make: (dice: Dice) => number | string) =>
  literal((dice) => {
    const [low, high] = [make(dice), make(dice)].sort()
    return dice.one([`[${low},${high}]`, `(,${high})`, 'empty', `[${low},)`])
  })

const values: Readonly<Record<string, Maker>> = {
  int2: whole('32767'),
  int4: whole('-2147483648'),
  int8: whole('9223372036854775807'),
  oid: (dice) => String(dice.below(4_000_000_000)),
  numeric: decimal,
  money: (dice) => `${dice.below(1e6)}.${dice.below(90) + 10}::numeric::money`,
  float4: float,
  float8: float,
  bool: (dice) => dice.one(['true', 'false']),
  text,
  varchar: text,
  bpchar: text,
  name: (dice) => quoteLiteral(`n${dice.below(1000)}`),
  uuid: () => 'gen_random_uuid()',
  bytea: (dice) =>
    `decode(md5(random()::text) || repeat('${dice.one(['00', 'ff'])}', ${dice.one([0, 1, 9000])}), 'hex')`,
  date: (dice) => quoteLiteral(dice.below(25) === 0 ? dice.one(['infinity', '0044-03-15 BC']) : day(dice)),
  time: (dice) => quoteLiteral(clock(dice)),
  timetz: (dice) => quoteLiteral(`${clock(dice)}+0${dice.below(9)}`),
  timestamp: moment,
  timestamptz: moment,
  interval: (dice) => quoteLiteral(`${dice.below(30)} months ${dice.below(30)} days ${dice.below(1e6)} seconds`),
  json,
  jsonb: json,
  inet: literal((dice) => `10.0.${dice.below(256)}.${dice.below(256)}${dice.one(['', '/8'])}`),
  cidr: literal((dice) => `10.${dice.below(256)}.0.0/16`),
  macaddr: literal((dice) => `08:00:2b:01:02:${10 + dice.below(80)}`),
  bit: bits,
  varbit: bits,
  tsvector: (dice) => `to_tsvector('english', ${quoteLiteral(`fat rats ${dice.one(words)} run ${dice.below(100)}`)})`,
  tsquery: literal((dice) => `fat & rat${dice.below(100)}`),
  point: literal((dice) => `(${dice.below(100)}.5,${dice.below(100)})`),
  xml: literal((dice) => `<a>${dice.below(100)}</a>`),
  int4range: bounds((dice) => 10 + dice.below(80)),
  int8range: bounds((dice) => 10 + dice.below(80)),
  numrange: bounds((dice) => `${10 + dice.below(80)}.5`),
  daterange: bounds(day),
  tstzrange: bounds(day),
}

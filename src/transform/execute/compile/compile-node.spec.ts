import { expect, it } from 'vitest'
import { withCtes } from './compile-node.js'

const ctes = [' a as (\nselect 1\n)', ' b as (\nselect 2\n)']
const list = ' a as (\nselect 1\n),  b as (\nselect 2\n)'

// What dbt Core 1.12.6 makes of them; but `recursive` behind a comment, which it overlooks.
it.each([
  ['select 1', `with${list} select 1`],
  ['\n\n  select 1\n', `\n\n  with${list} select 1\n`],
  ['-- c\nselect 1', `with${list} -- c\nselect 1`],
  ['within', `with${list} within`],
  ['with t as (select 1)', `with ${list}, t as (select 1)`],
  ['/* c */ -- d\nWITH\n  t as (select 1)', `/* c */ -- d\nWITH\n  ${list}, t as (select 1)`],
  ['with/* c */t as (select 1)', `with${list}, /* c */t as (select 1)`],
  ['with -- c\nt as (select 1)', `with ${list}, -- c\nt as (select 1)`],
  ['with"t" as (select 1)', `with${list}, "t" as (select 1)`],
  ['with recursive t as (select 1)', `with recursive ${list}, t as (select 1)`],
  ['with /* c */ recursive/* d */t as (select 1)', `with /* c */ recursive${list}, /* d */t as (select 1)`],
  ['with recursives as (select 1)', `with ${list}, recursives as (select 1)`],
])('expressions in front of %j', (sql, expected) => {
  expect(withCtes(sql, ctes)).toBe(expected)
})

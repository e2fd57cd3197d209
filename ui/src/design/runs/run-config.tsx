import { Fieldset, Stack } from '@mantine/core'
import { useState } from 'react'
import type { MaterializeResponse, SettingSchema } from '../../../../src/server/contract/index.js'
import { SchemaForm } from '../forms/schema-form.js'
import classes from '../forms/schema-form.module.css'
import { completed, missingSettings, type Settings, settingsIn } from '../forms/setting-schema.js'

type Takers = NonNullable<MaterializeResponse['config']>

/** What a run is to ask of its assets, as it is filled in. */
export function useRunConfig() {
  const [given, setGiven] = useState<Readonly<Record<string, Settings>>>({})
  const [wasTried, setWasTried] = useState(false)
  const missingOf = ({ asset, schema }: Takers[number]) => missingSettings(schema as SettingSchema, given[asset] ?? {})
  return {
    /** What is sent: of the assets of this run, what somebody filled in. */
    of(takers: Takers | undefined): Readonly<Record<string, unknown>> | undefined {
      const filled = (takers ?? []).flatMap(({ asset, schema }) => {
        const settings = settingsIn(completed(schema as SettingSchema, given[asset] ?? {}))
        return Object.keys(settings).length > 0 ? [[asset, settings] as const] : []
      })
      return filled.length > 0 ? Object.fromEntries(filled) : undefined
    },
    /** Whether all that is needed is there; from then on what is missing is marked. */
    isComplete(takers: Takers | undefined): boolean {
      setWasTried(true)
      return (takers ?? []).every((taker) => missingOf(taker).length === 0)
    },
    form: (takers: Takers | undefined) =>
      takers && (
        <Stack gap="xs" data-testid="run-config">
          {takers.map((taker) => (
            <Fieldset key={taker.asset} legend={`Config of ${taker.asset}`} className={classes.group}>
              <SchemaForm
                schema={taker.schema as SettingSchema}
                value={given[taker.asset] ?? {}}
                onChange={(value) => setGiven((known) => ({ ...known, [taker.asset]: value }))}
                missing={wasTried ? missingOf(taker) : []}
              />
            </Fieldset>
          ))}
        </Stack>
      ),
  }
}

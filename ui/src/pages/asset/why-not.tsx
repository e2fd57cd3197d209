import { Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconClockPause, IconHelpCircle, IconHourglass, IconInfoCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { AssetDetail, AssetWhy, WhyLink, WhyReason } from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'
import { agesMs } from '../../api/live.js'
import { Lines, Loaded } from '../../design/states.js'
import { Ago } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './why.module.css'

/** Good news needs no explanation at once; what is not good is explained without being asked. A failure stands above already. */
const calm: readonly AssetDetail['health'][] = ['fresh', 'running', 'warning', 'external']

/** Why it did, or did not, run: the first reason at once, the others behind a button, each with where it leads. */
export function WhyNot({ asset }: { asset: AssetDetail }) {
  const isCalm = asset.lastError !== undefined || (calm.includes(asset.health) && asset.freshness?.state !== 'fail')
  const [isOpen, { toggle }] = useDisclosure()
  const query = useQuery({
    queryKey: ['why', asset.key],
    queryFn: () => get<AssetWhy>(`/assets/${segment(asset.key)}/why`),
    enabled: !isCalm || isOpen,
    refetchInterval: agesMs,
  })
  if (!asset.isExecutable) return null
  const reasons = query.data?.reasons ?? []
  const [first, ...others] = reasons
  const id = `why-${asset.key}`
  if (isCalm)
    return (
      <section className={classes.calm} aria-label="Why did it run, or not?">
        <UnstyledButton className={classes.ask} onClick={toggle} aria-expanded={isOpen} aria-controls={id}>
          <IconHelpCircle size={15} aria-hidden /> Why did it run, or not?
          <IconChevronDown size={14} aria-hidden data-open={isOpen || undefined} />
        </UnstyledButton>
        <div id={id} hidden={!isOpen}>
          {isOpen && (
            <Loaded query={query} skeleton={<Lines number={2} />}>
              {(why) => <Reasons reasons={why.reasons} />}
            </Loaded>
          )}
        </div>
      </section>
    )
  return (
    <section className={classes.why} aria-label="Why did it not run?">
      <h2 className={classes.title}>Why?</h2>
      <div className={classes.body}>
        <Loaded query={query} skeleton={<Lines number={1} />}>
          {() => (
            <>
              <div className={classes.line}>
                {first && <Reason reason={first} isFirst />}
                {others.length > 0 && (
                  <UnstyledButton className={classes.ask} onClick={toggle} aria-expanded={isOpen} aria-controls={id}>
                    {isOpen ? 'less' : `${others.length} more`}
                    <IconChevronDown size={14} aria-hidden data-open={isOpen || undefined} />
                  </UnstyledButton>
                )}
              </div>
              <div id={id} hidden={!isOpen}>
                <Reasons reasons={others} />
              </div>
            </>
          )}
        </Loaded>
      </div>
    </section>
  )
}

const Reasons = ({ reasons }: { reasons: readonly WhyReason[] }) => (
  <ol className={classes.reasons}>
    {reasons.map((reason) => (
      <li key={reason.text}>
        <Reason reason={reason} />
      </li>
    ))}
  </ol>
)

const looks = {
  holds: { Icon: IconClockPause, words: 'Holds it', color: 'var(--status-warn)' },
  waits: { Icon: IconHourglass, words: 'On its way', color: 'var(--status-run)' },
  tells: { Icon: IconInfoCircle, words: 'To know', color: 'var(--status-idle)' },
} as const

function Reason({ reason: { weight, text, at, link }, isFirst = false }: { reason: WhyReason; isFirst?: boolean }) {
  const { Icon, words, color } = looks[weight]
  return (
    <Text size="sm" component="div" className={classes.reason} fw={isFirst ? 600 : undefined}>
      <Icon size={16} color={color} role="img" aria-label={words} />
      <span>
        {text}{' '}
        {at && (
          <Text span size="xs" c="dimmed" fw={400}>
            <Ago at={at} />{' '}
          </Text>
        )}
        {link && <Leads link={link} />}
      </span>
    </Text>
  )
}

function Leads({ link }: { link: WhyLink }): ReactNode {
  switch (link.to) {
    case 'run':
      return (
        <To to="/runs/$id" params={{ id: link.id }} search={{}} inherit>
          open the run
        </To>
      )
    case 'asset':
      return (
        <To to="/assets/$key" params={{ key: link.key }} search={{ tab: link.tab }} inherit>
          {assetWords[link.tab ?? ''] ?? `open ${link.key}`}
        </To>
      )
    case 'automation':
      return (
        <To to="/automation" hash={link.name} inherit>
          open {link.name}
        </To>
      )
    case 'deployment':
      return (
        <To to="/deployment" inherit>
          open Deployment
        </To>
      )
    case 'overview':
      return (
        <To to="/" inherit>
          open the Overview
        </To>
      )
  }
}

const assetWords: Readonly<Record<string, string>> = {
  automation: 'see it part by part',
  checks: 'see its checks',
  code: 'see its code',
  partitions: 'see its partitions',
}

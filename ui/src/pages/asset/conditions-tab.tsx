import { Text, UnstyledButton } from '@mantine/core'
import { IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { conditionReason } from '../../../../src/server/contract/condition-reason.js'
import type {
  AssetConditions,
  AssetDetail,
  ConditionEvaluationView,
  ConditionNodeView,
} from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'
import { Section } from '../../design/page.js'
import { Empty, Lines, Loaded } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago, exactTime, plural } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './conditions.module.css'

/** Why it was, or was not, requested: its condition, part by part, now and whenever something else was found. */
export function ConditionsTab({ asset }: { asset: AssetDetail }) {
  const query = useQuery({
    queryKey: ['conditions', asset.key],
    queryFn: () => get<AssetConditions>(`/assets/${segment(asset.key)}/conditions`),
  })
  return (
    <Loaded query={query} skeleton={<Lines number={6} />}>
      {(conditions) => <Content conditions={conditions} isPartitioned={asset.partitions !== undefined} />}
    </Loaded>
  )
}

function Content({ conditions, isPartitioned }: { conditions: AssetConditions; isPartitioned: boolean }) {
  const { automation, isOn, evaluatedAt, evaluations } = conditions
  const [chosen, setChosen] = useState<string>()
  const [newest] = evaluations
  const shown = evaluations.find(({ at }) => at === chosen) ?? newest
  if (!shown)
    return (
      <Empty title="Not evaluated yet">
        {isOn
          ? 'Its condition is evaluated within seconds, once the engine has read the project.'
          : `${automation} is off: turn it on on the Automation page.`}
      </Empty>
    )
  return (
    <div className={classes.columns}>
      <Section
        title={shown === newest ? 'Now' : `As it was ${exactTime(shown.at)}`}
        aside={
          <>
            {shown === newest && evaluatedAt && (
              <>
                evaluated <Ago at={evaluatedAt} /> by{' '}
              </>
            )}
            <To to="/automation" hash={automation} inherit>
              {automation}
            </To>
            {!isOn && ' (off)'}
          </>
        }
        isFlush
      >
        <Verdict evaluation={shown} isOn={isOn || shown !== newest} />
        <ul className={classes.tree} aria-label="The condition, part by part">
          <Node node={shown.tree} isPartitioned={isPartitioned} />
        </ul>
      </Section>
      <Section title="What was found before" isFlush>
        {evaluations.map((one) => (
          <UnstyledButton
            key={one.at}
            className={classes.evaluation}
            aria-pressed={one === shown}
            onClick={() => setChosen(one === newest ? undefined : one.at)}
          >
            <Status
              value={one.isRequested ? 'requested' : 'skipped'}
              label={one.isRequested ? 'requested' : 'not requested'}
            />
            <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
              <Ago at={one.at} />
            </Text>
            <Text size="sm" c="dimmed" truncate title={one.isRequested ? one.partitions : conditionReason(one.tree)}>
              {one.isRequested ? one.partitions : conditionReason(one.tree)}
            </Text>
          </UnstyledButton>
        ))}
      </Section>
    </div>
  )
}

/** The one sentence that answers the question. */
function Verdict({ evaluation, isOn }: { evaluation: ConditionEvaluationView; isOn: boolean }) {
  const { isRequested, partitions, runId, tree } = evaluation
  return (
    <Text className={classes.verdict} component="div">
      {!isOn ? (
        'Its automation is off, so nothing requests it.'
      ) : isRequested ? (
        <>
          Requested{partitions ? ` ${partitions}` : ''}
          {runId && (
            <>
              {' '}
              in{' '}
              <To to="/runs/$id" params={{ id: runId }} search={{}} inherit>
                run {runId.slice(-8)}
              </To>
            </>
          )}
          .
        </>
      ) : (
        <>
          Not requested: <b>{conditionReason(tree)}</b> does not hold.
        </>
      )}
    </Text>
  )
}

/** So far down everything is shown; below that what decides. */
const openDepth = 3

interface NodeProps {
  readonly node: ConditionNodeView
  readonly isPartitioned: boolean
  readonly depth?: number
  /** What the part around it was asked of. */
  readonly around?: string | undefined
}

function Node({ node, isPartitioned, depth = 0, around }: NodeProps) {
  // What decides is another part in another evaluation, which is shown in the same place.
  const [chosen, setOpen] = useState<boolean>()
  const isOpen = chosen ?? (depth < openDepth || node.held > 0)
  const { label, text, of, held, asked, partitions, children = [], others } = node
  const answer = asked === 0 ? 'not asked' : held > 0 ? 'holds' : 'does not hold'
  return (
    <li>
      <div className={classes.node} data-answer={answer}>
        <span className={classes.icon} role="img" aria-label={answer} title={answer}>
          {asked === 0 ? <IconMinus size={14} /> : held > 0 ? <IconCheck size={14} /> : <IconX size={14} />}
        </span>
        <span className={classes.words}>
          {of !== undefined && of !== around && <code>{of} </code>}
          {label ?? text}
          {label !== undefined && label !== text && children.length > 0 && <small> {text}</small>}
        </span>
        {isPartitioned && asked > 0 && (
          <span className={classes.count}>
            {partitions ?? held} of {asked}
          </span>
        )}
        {children.length > 0 && (
          <UnstyledButton className={classes.fold} onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
            {isOpen ? 'fold' : plural(children.length, 'part')}
          </UnstyledButton>
        )}
      </div>
      {isOpen && children.length > 0 && (
        <ul>
          {placed(children).map(({ place, child }) => (
            <Node key={place} node={child} isPartitioned={isPartitioned} depth={depth + 1} around={of} />
          ))}
          {others !== undefined && <li className={classes.others}>and {others} more, which decide nothing</li>}
        </ul>
      )}
    </li>
  )
}

/** A part has its place in the condition, and nothing else to tell it from the others. */
const placed = (children: readonly ConditionNodeView[]) => children.map((child, place) => ({ place, child }))

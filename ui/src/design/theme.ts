import {
  Alert,
  Badge,
  Button,
  Card,
  Checkbox,
  Code,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  Modal,
  Table,
  Tabs,
  Title,
  Tooltip,
} from '@mantine/core'

/** The one accent: the blue-green of water under a wheel. */
const water: MantineColorsTuple = [
  '#e3f3f6',
  '#c4e4ea',
  '#98d0db',
  '#5cc4d8',
  '#38a9bf',
  '#1f8fa6',
  '#147d94',
  '#0b6e84',
  '#085a6d',
  '#064756',
]
const gray: MantineColorsTuple = [
  '#f6f7f8',
  '#f1f3f5',
  '#e3e7ea',
  '#d6dce1',
  '#cbd2d8',
  '#a3adb7',
  '#7c8894',
  '#55626f',
  '#36424d',
  '#16202a',
]
const dark: MantineColorsTuple = [
  '#e4e8eb',
  '#c3ccd3',
  '#9aa6b1',
  '#6d7984',
  '#3a444d',
  '#262d34',
  '#1b2127',
  '#151a1f',
  '#11161a',
  '#0e1216',
]

export const theme = createTheme({
  primaryColor: 'water',
  primaryShade: { light: 7, dark: 3 },
  autoContrast: true,
  colors: { water, gray, dark },
  white: '#ffffff',
  black: '#16202a',
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  lineHeights: { xs: '1.35', sm: '1.45', md: '1.5' },
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '12px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '28px' },
      h2: { fontSize: '18px', lineHeight: '28px' },
      h3: { fontSize: '15px', lineHeight: '24px' },
      h4: { fontSize: '14px', lineHeight: '20px' },
    },
  },
  components: {
    Alert: Alert.extend({ defaultProps: { radius: 'md' } }),
    Badge: Badge.extend({
      defaultProps: { variant: 'default', size: 'sm', radius: 'sm' },
      styles: { root: { textTransform: 'none', fontWeight: 500 } },
    }),
    Button: Button.extend({
      defaultProps: { size: 'xs' },
      // The accent is light where the page is dark: what stands on it has the page's colour.
      vars: (_, { variant = 'filled', color }) => ({
        root: variant === 'filled' && color === undefined ? { '--button-color': 'var(--panel)' } : {},
      }),
      styles: { root: { fontWeight: 500 } },
    }),
    Checkbox: Checkbox.extend({ vars: () => ({ root: { '--checkbox-icon-color': 'var(--panel)' } }) }),
    Card: Card.extend({
      defaultProps: { withBorder: true, radius: 'md', padding: 'md' },
      styles: { root: { background: 'var(--panel)', borderColor: 'var(--line)' } },
    }),
    Code: Code.extend({ styles: { root: { fontSize: '12.5px', lineHeight: 1.55, background: 'var(--sunken)' } } }),
    Modal: Modal.extend({
      defaultProps: {
        radius: 'md',
        centered: true,
        transitionProps: { duration: 100 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
      styles: {
        title: { fontWeight: 600 },
        content: { background: 'var(--panel)' },
        header: { background: 'var(--panel)' },
      },
    }),
    // A `header` outside of the page's main part would be a second banner of it.
    ModalHeader: { defaultProps: { component: 'div' } },
    Table: Table.extend({
      defaultProps: { verticalSpacing: 7, horizontalSpacing: 'sm', borderColor: 'var(--line)', fz: 'md' },
      styles: { th: { fontSize: '12px', fontWeight: 500, color: 'var(--ink-soft)' } },
    }),
    Tabs: Tabs.extend({ styles: { tab: { fontWeight: 500 } } }),
    Title: Title.extend({ styles: { root: { letterSpacing: '-0.01em' } } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 250, multiline: true, maw: 360, events: { hover: true, focus: true, touch: true } },
      styles: {
        tooltip: {
          background: 'var(--panel)',
          color: 'var(--ink)',
          border: '1px solid var(--line-strong)',
          fontSize: 12,
          boxShadow: '0 4px 16px rgb(0 0 0 / 12%)',
        },
      },
    }),
  },
})

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: colours,
  dark: colours,
})

/** Mantine's own parts take their colours from the tokens, so that one place decides. */
const colours = {
  '--mantine-color-body': 'var(--panel)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--ink-soft)',
  '--mantine-color-placeholder': 'var(--ink-soft)',
  '--mantine-color-default': 'var(--panel)',
  '--mantine-color-default-hover': 'var(--panel-hover)',
  '--mantine-color-default-border': 'var(--line)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-error': 'var(--status-bad)',
}

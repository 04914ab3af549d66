import {
  Button,
  createTheme,
  Drawer,
  defaultVariantColorsResolver,
  Modal,
  NumberInput,
  PasswordInput,
  Select,
  Switch,
  Table,
  Textarea,
  TextInput,
  Tooltip,
  type VariantColorsResolver,
} from '@mantine/core';

/** Buttons are ink on paper: colour is kept for state. `bad` is for what cannot be taken back. */
const variantColorResolver: VariantColorsResolver = (input) => {
  if (input.variant === 'filled') {
    const name = input.color === 'bad' ? 'bad' : 'ink';
    return {
      background: `var(--button-${name})`,
      hover: `var(--button-${name}-hover)`,
      color: `var(--button-${name}-text)`,
      border: '1px solid transparent',
    };
  }
  if (input.variant === 'subtle') {
    return {
      background: 'transparent',
      hover: 'var(--hover)',
      color: 'var(--ink)',
      border: '1px solid transparent',
    };
  }
  return defaultVariantColorsResolver(input);
};

const labels = { fw: 600, size: 'sm' } as const;

/** Scroll is not locked by dialogs: the lock would insert a style element, which the page's own rules forbid. */
export const theme = createTheme({
  primaryColor: 'gray',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  variantColorResolver,
  components: {
    Button: Button.extend({ defaultProps: { variant: 'default', size: 'sm' } }),
    Modal: Modal.extend({
      defaultProps: {
        lockScroll: false,
        centered: true,
        transitionProps: { duration: 0 },
        overlayProps: { backgroundOpacity: 0.5 },
      },
    }),
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false, transitionProps: { duration: 0 } } }),
    Tooltip: Tooltip.extend({
      defaultProps: {
        withArrow: true,
        multiline: true,
        maw: 320,
        events: { hover: true, focus: true, touch: true },
      },
    }),
    TextInput: TextInput.extend({ defaultProps: { labelProps: labels, withAsterisk: false } }),
    PasswordInput: PasswordInput.extend({
      defaultProps: {
        labelProps: labels,
        withAsterisk: false,
        visibilityToggleButtonProps: { 'aria-label': 'Show what is typed' },
      },
    }),
    Textarea: Textarea.extend({ defaultProps: { labelProps: labels, withAsterisk: false } }),
    NumberInput: NumberInput.extend({ defaultProps: { labelProps: labels, withAsterisk: false } }),
    Select: Select.extend({ defaultProps: { labelProps: labels, allowDeselect: false } }),
    Switch: Switch.extend({ defaultProps: { color: 'gray', withThumbIndicator: false } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'xs', horizontalSpacing: 'var(--gutter)' } }),
  },
});

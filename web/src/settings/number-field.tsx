import { NumberInput } from '@mantine/core';

interface NumberFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly unit?: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** How many of the unit one of the field is: 3600 shows seconds as hours. */
  readonly scale?: number;
  readonly onChange: (value: number) => void;
}

/** A whole number between its bounds. */
export function NumberField({
  label,
  description,
  unit,
  value,
  min,
  max,
  scale = 1,
  onChange,
}: NumberFieldProps) {
  return (
    <NumberInput
      label={label}
      description={description}
      suffix={unit === undefined ? '' : ` ${unit}`}
      value={value / scale}
      min={min / scale}
      max={max / scale}
      allowDecimal={scale !== 1}
      decimalScale={2}
      allowNegative={false}
      clampBehavior="blur"
      onChange={(typed) => {
        if (typeof typed === 'number') onChange(Math.round(typed * scale));
      }}
    />
  );
}

import { type FragmentType, unmask } from '../gql/fragment-masking';
import { FacetsFragmentDoc, type StatusFragment } from '../gql/graphql';
import { useAddress, navigate, withParameters } from '../router';
import type { Words } from '../words';

interface Option {
  value: string;
  label: string;
  count: number;
}

interface Properties {
  text: Words;
  statuses: readonly StatusFragment[];
  facets: FragmentType<typeof FacetsFragmentDoc>;
}

/** Filters with the number of measures that each gives. */
export function Facets({ text, statuses, facets }: Properties) {
  const { status, axis, programme } = unmask(FacetsFragmentDoc, facets);
  const labelOf = (value: string) => statuses.find((one) => one.status === value)?.label ?? value;
  return (
    <form className="facets" aria-label={text.filters}>
      <Facet
        name="status"
        title={text.status}
        options={status.map(({ status: value, count }) => ({ value, label: labelOf(value), count }))}
      />
      <Facet
        name="category"
        title={text.category}
        options={axis.map(({ category, count }) => ({ value: category.path, label: category.title, count }))}
      />
      <Facet
        name="programme"
        title={text.programme}
        options={programme.flatMap(({ programme: value, count }) => (value === null ? [] : [{ value, label: value, count }]))}
      />
    </form>
  );
}

function Facet({ name, title, options }: { name: string; title: string; options: Option[] }) {
  const address = useAddress();
  const selected = address.searchParams.getAll(name);
  // An option without measures stays if it is selected, so that it can be removed.
  const shown = options.filter(({ value, count }) => count > 0 || selected.includes(value));
  const toggle = (value: string) => {
    const values = selected.includes(value) ? selected.filter((one) => one !== value) : [...selected, value];
    navigate(withParameters(address, { [name]: values, after: '', before: '' }));
  };
  return (
    <fieldset>
      <legend>{title}</legend>
      {shown.map(({ value, label, count }) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={selected.includes(value)}
            onChange={() => {
              toggle(value);
            }}
          />
          {label} <span className="count">{count}</span>
        </label>
      ))}
    </fieldset>
  );
}

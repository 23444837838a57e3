import { lazy, Suspense, useEffect } from 'react';
import { useQuery } from 'urql';
import { Boundary } from './Boundary';
import { Frame } from './Frame';
import { StartDocument } from './gql/graphql';
import { PlanView } from './plan/PlanView';
import { Links, navigate, useAddress, viewAt } from './router';
import { localeOf, words } from './words';

// Only the plan is in the first download.
const MeasureView = lazy(() => import('./measure/MeasureView'));
const PageView = lazy(() => import('./page/PageView'));
const SearchView = lazy(() => import('./search/SearchView'));

export function App() {
  const address = useAddress();
  const view = viewAt(address.pathname);
  if (view.name === 'start') return <Start />;
  return (
    <Links>
      <Frame lang={view.lang} key={view.lang}>
        <Boundary message={words[view.lang].failed} key={address.pathname}>
          <Suspense>
            {view.name === 'plan' && <PlanView {...view} />}
            {view.name === 'measure' && <MeasureView {...view} />}
            {view.name === 'page' && <PageView {...view} />}
            {view.name === 'search' && <SearchView lang={view.lang} key={address.search} />}
          </Suspense>
        </Boundary>
      </Frame>
    </Links>
  );
}

/** Goes to the first plan in a language of the reader. */
function Start() {
  const [{ data }] = useQuery({ query: StartDocument });
  useEffect(() => {
    const plans = data?.plans ?? [];
    const preferred = navigator.languages.map((tag) => plans.find((plan) => tag.startsWith(localeOf(plan.lang))));
    const plan = preferred.find((found) => found) ?? plans[0];
    if (plan) navigate(plan.url, { replace: true });
  }, [data]);
  return null;
}

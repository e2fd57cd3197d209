{#- A view with parameters: DuckDB's table macro. What reads it writes parentheses behind the ref. -#}
{%- materialization table_function, adapter='duckdb' -%}
  {%- set goal = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='view') -%}
  {%- set given = config.get('parameters') -%}
  {%- set parameters = '' if not given else (given if given is string or given is number else given | join(', ')) -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% call statement('main') -%}
    create or replace function {{ goal.render() }}({{ parameters }}) as table (
      {{ sql }}
    );
  {%- endcall %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [goal]}) }}
{%- endmaterialization -%}

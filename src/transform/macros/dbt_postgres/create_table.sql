{#- With a contract the table is made empty, as the contract says, and then filled. -#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set has_contract = config.get('contract').enforced -%}
  {%- set kind = 'temporary ' if temporary else ('unlogged ' if config.get('unlogged', default=false) else '') -%}
  {{ header if header is not none }}
  {%- if has_contract %}
  {{ get_assert_columns_equivalent(sql) }}
  {%- endif %}
  create {{ kind }}table {{ relation }}
  {%- if has_contract and not temporary %}
  {{ get_table_columns_and_constraints() }};
  insert into {{ relation }} ({{ adapter.dispatch('get_column_names', 'dbt')() }})
  (
    {{ get_select_subquery(sql) }}
  );
  {%- else %}
  as (
    {{ sql }}
  );
  {%- endif %}
{%- endmacro %}

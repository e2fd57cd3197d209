{#-
  A key that is a text is an expression, which each side computes for itself. Those of a list are columns of both tables; there predicates may
  call the table DBT_INCREMENTAL_TARGET, and what both tables could mean is refused by DuckDB rather than taken for the new rows' own.
-#}
{% macro duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  {%- set predicates = normalize_incremental_predicates(incremental_predicates) -%}
  {%- if unique_key -%}
    {%- if unique_key is string -%}
      {%- set conditions = ['(' ~ unique_key ~ ') in (select (' ~ unique_key ~ ') from ' ~ source ~ ')'] -%}
    delete from {{ target }}
    {%- else -%}
      {%- set conditions = [] -%}
      {%- for key in unique_key -%}
        {%- do conditions.append(source ~ '.' ~ key ~ ' = DBT_INCREMENTAL_TARGET.' ~ key) -%}
      {%- endfor -%}
    delete from {{ target }} as DBT_INCREMENTAL_TARGET
    using {{ source }}
    {%- endif %}
    where {{ (conditions + predicates) | join('\n      and ') }};
  {%- endif %}
  insert into {{ target }} ({{ names }})
  select {{ names }} from {{ source }}
{% endmacro %}

{#-
  MERGE as DuckDB has it: whole rows by name, parts of them, conditions, or clauses of the model's own (`merge_clauses`).
-#}
{% macro duckdb__get_incremental_merge_sql(arg_dict) %}
  {%- set predicates = normalize_incremental_predicates(arg_dict.get('incremental_predicates')) -%}
  {%- do return(duckdb__get_merge_sql(
    arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'], predicates)) -%}
{% endmacro %}

{% macro duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {%- do validate_merge_config(config, target) -%}
  {%- set defaults = merge_clause_defaults(
    config.get('merge_update_condition'), config.get('merge_insert_condition'), config.get('merge_update_columns') or [],
    config.get('merge_exclude_columns') or [], config.get('merge_update_set_expressions') or {}) -%}
  {%- set is_partial = config.get('merge_update_columns') or config.get('merge_exclude_columns') or config.get('merge_update_set_expressions') -%}
  {%- set clauses = config.get('merge_clauses') or {} -%}
  {%- set matched = clauses.get('when_matched', [defaults.when_matched_update_explicit if is_partial else defaults.when_matched_update_by_name]) -%}
  {%- set not_matched = clauses.get('when_not_matched', [defaults.when_not_matched_insert_by_name]) -%}
  {%- set returning = config.get('merge_returning_columns') -%}
  {%- set header = config.get('sql_header', none) -%}
  {{ header if header is not none }}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  {{ duckdb__merge_join_clause(unique_key, config.get('merge_on_using_columns') or [], incremental_predicates) }}
  {%- for clause in matched %}
  when matched {{ _duckdb_merge_condition(clause) }} then {{ _duckdb_merge_action(clause, dest_columns) }}
  {%- endfor %}
  {%- for clause in not_matched %}
  when not matched {{ 'by ' ~ clause.get('by') if clause.get('by') }} {{ _duckdb_merge_condition(clause) }} then {{ _duckdb_merge_action(clause, dest_columns) }}
  {%- endfor %}
  {%- if returning %}
  returning {{ returning if returning is string else returning | join(', ') }}
  {%- endif %}
{%- endmacro %}

{#- By columns of one name, or by the key; predicates narrow either. -#}
{% macro duckdb__merge_join_clause(unique_key, merge_on_using_columns, incremental_predicates) -%}
  {%- set conditions = [] -%}
  {%- if not merge_on_using_columns -%}
    {%- for key in ([unique_key] if unique_key is string else unique_key or []) -%}
      {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
    {%- endfor -%}
    {%- if not conditions -%}
      {%- do conditions.append('false') -%}
    {%- endif -%}
  {%- endif -%}
  {%- set all = conditions + (incremental_predicates or []) -%}
  {{ 'using (' ~ (merge_on_using_columns | join(', ')) ~ ')' if merge_on_using_columns }} {{ 'on (' ~ (all | join(') and (')) ~ ')' if all }}
{%- endmacro %}

{% macro _duckdb_merge_condition(clause) -%}
  {%- set condition = clause.get('condition') -%}
  {%- if condition -%}
    and {{ condition if condition is string else '(' ~ (condition | join(') and (')) ~ ')' }}
  {%- endif -%}
{%- endmacro %}

{#- What a clause does with its rows. -#}
{% macro _duckdb_merge_action(clause, dest_columns) -%}
  {%- set action = clause.get('action') -%}
  {%- set mode = clause.get('mode') -%}
  {%- if action == 'delete' -%} delete
  {%- elif action == 'do_nothing' -%} do nothing
  {%- elif action == 'error' -%}
    error {{ "'" ~ (clause.get('error_message') | replace("'", "''")) ~ "'" if clause.get('error_message') }}
  {%- elif action == 'insert' -%}
    {%- set given = clause.get('insert', {}) -%}
    {%- if mode == 'explicit' -%}
      insert ({{ given.get('columns', []) | join(', ') }}) values ({{ given.get('values', []) | join(', ') }})
    {%- else -%}
      insert {{ {'by_name': 'by name', 'by_position': 'by position', 'star': '*'}.get(mode, '') }}
    {%- endif -%}
  {%- elif action == 'update' -%}
    {%- if mode in ('by_name', 'by_position') -%}
      update {{ mode | replace('_', ' ') }}
    {%- elif mode == 'star' -%}
      update set *
    {%- else -%}
      update set {{ _duckdb_merge_assignments(clause, dest_columns) }}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}

{#- `set_expressions` first; columns that they do not set take the value of the new row. -#}
{% macro _duckdb_merge_assignments(clause, dest_columns) -%}
  {%- set given = clause.get('update', {}) -%}
  {%- set expressions = clause.get('set_expressions') or given.get('set_expressions') or {} -%}
  {%- set parts = [] -%}
  {%- for name, expression in expressions.items() -%}
    {%- do parts.append(name ~ ' = ' ~ expression) -%}
  {%- endfor -%}
  {%- if clause.get('mode') == 'explicit' -%}
    {%- for name in get_merge_update_columns(given.get('include') or [], given.get('exclude') or [], dest_columns) -%}
      {%- if name | replace('"', '') | replace("'", '') not in expressions -%}
        {%- do parts.append(name ~ ' = DBT_INTERNAL_SOURCE.' ~ name) -%}
      {%- endif -%}
    {%- endfor -%}
  {%- endif -%}
  {{ parts | join(', ') }}
{%- endmacro %}

{% macro merge_clause_defaults(merge_update_condition, merge_insert_condition, merge_update_columns=[], merge_exclude_columns=[], merge_update_set_expressions={}) -%}
  {{ return({
    'when_matched_update_by_name': {'action': 'update', 'condition': merge_update_condition, 'mode': 'by_name'},
    'when_not_matched_insert_by_name': {'action': 'insert', 'condition': merge_insert_condition, 'mode': 'by_name'},
    'when_matched_update_explicit': {'action': 'update', 'condition': merge_update_condition, 'mode': 'explicit', 'update': {
      'include': merge_update_columns, 'exclude': merge_exclude_columns, 'set_expressions': merge_update_set_expressions}},
  }) }}
{%- endmacro %}

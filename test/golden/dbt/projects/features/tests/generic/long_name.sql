{% test dbt_utils_like_but_own_test_with_a_rather_long_name(model, column_name, other, fraction) %}
select {{ column_name }} from {{ model }} where {{ column_name }} not in (select customer_id from {{ other }})
{% endtest %}
